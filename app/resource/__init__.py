"""The directory of help: reading HSDS files, finding a service, and what people keep, suggest and report."""
