//! What the store promises, of any document and any edit.
