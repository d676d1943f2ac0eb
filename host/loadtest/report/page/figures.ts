import { bytesPerMb } from "../../../../shared/bytes.js";
/** Shown in place of a number that is not known. */
const unknown = "–";
const space = "\u00a0";

const wholes = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function megabytes(bytes: number | null, digits: 0 | 1 = 1): string {
    return bytes === null ? unknown : `${(digits === 0 ? wholes : tenths).format(bytes / bytesPerMb)}${space}MB`;
}

/** @param share 0 to 1 */
export function percent(share: number | null, digits = 1): string {
    return share === null ? unknown : `${(100 * share).toFixed(digits)}${space}%`;
}

/** A share that should be close to 0: one that is not 0 is never rounded to 0. */
export function smallShare(share: number | null): string {
    if (share === null || share === 0) return percent(share, 0);
    return share < 0.00001 ? `<${space}0.001${space}%` : percent(share, 3);
}

export function seconds(value: number | null): string {
    return value === null ? unknown : `${tenths.format(value)}${space}s`;
}

/** A long time in hours, minutes and seconds. */
export function duration(value: number): string {
    const whole = Math.round(value);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    if (hours > 0) return `${hours}${space}h ${minutes}${space}min`;
    return minutes > 0 ? `${minutes}${space}min ${rest}${space}s` : `${rest}${space}s`;
}

export function count(value: number): string {
    return wholes.format(value);
}

/** As `1 save`, `2 saves`. */
export function counted(value: number, noun: string): string {
    return `${count(value)}${space}${noun}${value === 1 ? "" : "s"}`;
}

/** In the time zone and language of the reader. */
export function moment(iso: string): string {
    return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** As `+12.3 MB`. */
export function signed(value: number, show: (value: number) => string): string {
    return `${value < 0 ? "−" : "+"}${show(Math.abs(value))}`;
}
