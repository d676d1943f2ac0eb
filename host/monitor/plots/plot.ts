/**
 * Options of a plot as echarts takes them, and as JSON carries them: no functions in them, so that they may be drawn in a
 * page, in a report or into a picture alike.
 */
export type Plot = Readonly<Record<string, unknown>>;
