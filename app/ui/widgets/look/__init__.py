"""How things look: colours, fonts, icons, measures, the style sheet. Knows no other widgets."""
