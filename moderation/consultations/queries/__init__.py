"""All SQL of consultations: `notices` reads and writes procedures, `changes` what became of their period,
`answers` what the city replies, `received` what came in."""
