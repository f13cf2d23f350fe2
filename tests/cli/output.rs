//! What is written where: modes, streams, colour, and text that nobody should trust.

mod colour;
mod hints;
mod hostile;
mod json;
mod modes;
mod streams;
mod tables;
mod titles;
mod version;
