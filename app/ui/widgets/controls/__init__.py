"""Controls that any place may use: buttons, popups, fields, cards, dialogs, questions."""
