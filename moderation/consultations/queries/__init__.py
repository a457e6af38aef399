"""All SQL of consultations: `notices` reads and writes procedures, `answers` what the city replies,
`received` what came in."""
