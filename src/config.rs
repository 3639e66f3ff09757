//! `.keysieve.yml`: found, parsed with positions, validated.
