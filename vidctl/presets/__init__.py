"""What vidctl knows as data: model families and workflows, and the reader of them. No rules live here."""
