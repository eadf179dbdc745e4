// labels.js: fills labels in, in scripts that have some.

/** Functions that return a label of these with its values, as str.format fills it in Python: {}, {:,}, {1}; `counted` has a form for the number 1. */
export function filling(labels) {
  const t = (key, ...values) => {
    let at = 0;
    return (labels[key] ?? key).replace(/\{(\d*)(:,)?\}/g, (_, index, grouped) => { const value = values[index || at++]; return grouped ? value.toLocaleString("en") : value; });
  };
  return { t, counted: (key, n) => t(n === 1 && labels[`${key}_1`] !== undefined ? `${key}_1` : key, n) };
}
