interface IgnoreCase {
  readonly equals: (value: string) => boolean;
  readonly isPrefixOf: (value: string) => boolean;
  readonly isSuffixOf: (value: string) => boolean;
}

/**
 * Compiles a text for comparisons that ignore case as EventBridge does: each of its characters may stand in the
 * value in its lower or its upper case, which can be longer (an `ß` also finds `SS`).
 */
export function ignoringCase(text: string): IgnoreCase {
  const forms = Array.from({ length: text.length }, (_, index) => {
    const unit = text.charAt(index);
    return [...new Set([unit.toLowerCase(), unit.toUpperCase()])];
  });
  const backwards = forms.toReversed();
  return {
    equals: (value) => reachForwards(forms, value).includes(value.length),
    isPrefixOf: (value) => reachForwards(forms, value).length > 0,
    isSuffixOf: (value) => reachBackwards(backwards, value).length > 0,
  };
}

/** Where in the value the text can end. Mostly one place; a few where forms differ in length. */
function reachForwards(forms: readonly (readonly string[])[], value: string): readonly number[] {
  let places: readonly number[] = [0];
  for (const alternatives of forms) {
    places = step(places, alternatives, (place, form) =>
      value.startsWith(form, place) ? place + form.length : undefined,
    );
    if (places.length === 0) return places;
  }
  return places;
}

/** Where in the value the text can begin when it ends with the value. */
function reachBackwards(forms: readonly (readonly string[])[], value: string): readonly number[] {
  let places: readonly number[] = [value.length];
  for (const alternatives of forms) {
    places = step(places, alternatives, (place, form) =>
      value.endsWith(form, place) ? place - form.length : undefined,
    );
    if (places.length === 0) return places;
  }
  return places;
}

function step(
  places: readonly number[],
  alternatives: readonly string[],
  move: (place: number, form: string) => number | undefined,
): readonly number[] {
  const next = new Set<number>();
  for (const place of places) {
    for (const form of alternatives) {
      const moved = move(place, form);
      if (moved !== undefined) next.add(moved);
    }
  }
  return [...next];
}
