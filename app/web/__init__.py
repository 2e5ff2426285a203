"""What pages stand on that is neither a feature nor a gate: answers to what cannot be, static files, streams, the reader's
language and zone, and what each handler declares."""
