"""Construction permits 施工许可 of a building project: for the whole, or stage by stage (建筑法 7–9,
建筑工程施工许可管理办法).

A stage is applied for by the owner on a day of their own, and its clock runs from that receipt: each
application is a case of its own, and the project a row they share. Each certificate that was delivered lives
in a case of its own as well, until works begin or it lapses by law."""
