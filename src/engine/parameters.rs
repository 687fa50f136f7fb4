//! Parameter values for a plan.
