/** Why a pattern is refused, in AWS's words; each service puts its own beginning before them. */
export class PatternFault extends Error {
  override readonly name: string = 'PatternFault';
}

/** A pattern that is well formed and stands for too much. */
export class ComplexityFault extends PatternFault {
  override readonly name: string = 'ComplexityFault';
}
