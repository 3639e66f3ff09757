//! Asking providers whether a key is live, only when the user asks for it. Kept free: nothing is built yet, rules hold what it
//! will need.
