//! `pipecat cloud secrets`.
