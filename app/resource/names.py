"""The names that HSDS tables and columns go by, in all versions, and ours for each: those of HSDS 3.0."""

_ALSO = {
    "organizations": "organization",
    "locations": "location",
    "services": "service",
    "service_at_location": "services_at_location services_at_locations service_at_locations",
    "phones": "phone",
    "schedules": "schedule regular_schedules regular_schedule",
    "holiday_schedules": "holiday_schedule",
    "addresses": "address physical_addresses physical_address",
    "mail_addresses": "postal_addresses postal_address mail_address",
    "contacts": "contact",
    "eligibilities": "eligibility",
    "languages": "language",
    "service_areas": "service_area",
    "cost_options": "cost_option",
    "required_documents": "required_document",
    "accessibility": "accessibility_for_disabilities",
    "taxonomy_terms": "taxonomy_term taxonomy",
    "attributes": "attribute service_attributes service_attribute service_taxonomy services_taxonomy other_attributes",
    "programs": "program",
    "funding": "fundings",
    "payments_accepted": "payment_accepted",
    "organization_identifiers": "organization_identifier",
    "taxonomies": "",
    "metadata": "",
    "meta_table_descriptions": "meta_table_description",
}
TABLES = {also: table for table, names in _ALSO.items() for also in (table, *names.split())}

COLUMNS = {
    "locations": {"accessibility_for_disabilities": "accessibility"},
    "organizations": {"website": "url", "uri": "url"},
    "services": {"website": "url", "eligibility": "eligibility_description"},
    "phones": {"number_type": "type", "department": "description", "ext": "extension"},
    "addresses": {"address": "address_1", "street": "address_1", "state": "state_province", "zip": "postal_code"},
    "attributes": {"taxonomy_id": "taxonomy_term_id"},
    "schedules": {"days_of_week": "byday", "original_text": "description", "valid_until": "valid_to"},
}
# A row without a name of its own can stand on these; with none of them there is nothing to show.
NEEDED = {"organizations": ("name",), "services": ("name", "alternate_name"), "locations": (), "phones": ("number",)}
# What makes a row without an id the same row next time.
NATURAL = {
    "organizations": ("name",),
    "locations": ("organization_id", "name"),
    "services": ("organization_id", "location_id", "name"),
    "phones": ("location_id", "service_id", "organization_id", "contact_id", "service_at_location_id", "number"),
    "schedules": ("service_id", "location_id", "service_at_location_id", "weekday", "byday"),
}
# Rows that become part of the record they belong to, under this name; the record's other columns are kept beside them.
PARTS = (
    "accessibility", "addresses", "attributes", "contacts", "cost_options", "eligibilities", "funding", "holiday_schedules",
    "languages", "mail_addresses", "organization_identifiers", "payments_accepted", "programs", "required_documents",
    "service_areas",
)  # fmt: skip
# Rows that describe the data, not the help: they are counted and left aside unless a service points at them.
ASIDE = ("taxonomies", "taxonomy_terms", "metadata", "meta_table_descriptions")
