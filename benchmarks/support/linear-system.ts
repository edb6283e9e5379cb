/**
 * Solves `matrix · x = right` for a square matrix, by elimination with the largest pivot of each column.
 *
 * @throws RangeError when the equations have no one solution.
 */
export function solveLinearSystem(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column += 1) {
    const pivotRow = rows.reduce(
      (best, _, row) => (row > column && Math.abs(at(row, column)) > Math.abs(at(best, column)) ? row : best),
      column,
    );
    const pivot = rows[pivotRow];
    const displaced = rows[column];
    const scale = at(pivotRow, column);
    if (!pivot || !displaced || scale === 0) throw new RangeError(`equation ${column + 1} of ${size} follows from the others`);
    rows[pivotRow] = displaced;
    rows[column] = pivot.map((value) => value / scale);
    for (let row = 0; row < size; row += 1) {
      const factor = at(row, column);
      if (row !== column && factor !== 0) rows[row] = (rows[row] ?? []).map((value, index) => value - factor * at(column, index));
    }
  }
  return rows.map((row) => row[size] ?? 0);
}
