/** A conversion specification of C's printf. */
export interface Placeholder {
    readonly conversion: "f" | "g" | "d" | "s";
    readonly leftAligned: boolean;
    readonly zeroPadded: boolean;
    readonly signed: boolean;
    readonly width: number;
    readonly precision: number | null;
}

/** An invalid format; `index` is the place in the text. */
export class FormatError extends Error {
    constructor(
        message: string,
        readonly index: number,
    ) {
        super(message);
    }
}

/**
 * Splits a format into text and placeholders. Widths and precisions have two digits at most.
 *
 * @throws FormatError
 */
export function parseFormat(format: string): (string | Placeholder)[] {
    const parts: (string | Placeholder)[] = [];
    const pattern = /%(?:%|([-+0]*)(\d{0,2})(?:\.(\d{0,2}))?([fgds]))|[^%]+/gy;
    while (pattern.lastIndex < format.length) {
        const start = pattern.lastIndex;
        const match = pattern.exec(format);
        if (match === null) {
            throw new FormatError(`${format.slice(start).match(/^%[-+0-9.]*.?/u)![0]} is not a placeholder`, start);
        }
        const [text, flags = "", width = "", precision, conversion] = match;
        parts.push(
            conversion === undefined
                ? text.replace("%%", "%")
                : {
                      conversion: conversion as Placeholder["conversion"],
                      leftAligned: flags.includes("-"),
                      zeroPadded: flags.includes("0"),
                      signed: flags.includes("+"),
                      width: Number(width),
                      precision: precision === undefined ? null : Number(precision),
                  },
        );
    }
    return parts;
}

/** Formats a value as printf does. A number for %s is written as with %g. */
export function formatValue(placeholder: Placeholder, value: number | string): string {
    const { leftAligned, zeroPadded, signed, width } = placeholder;
    const digits = typeof value === "string" ? value : convert(placeholder, value);
    const text = signed && typeof value === "number" && !digits.startsWith("-") ? `+${digits}` : digits;
    if (leftAligned) {
        return text.padEnd(width);
    }
    if (zeroPadded && typeof value === "number") {
        const sign = /^[-+]?/.exec(text)![0];
        return sign + text.slice(sign.length).padStart(width - sign.length, "0");
    }
    return text.padStart(width);
}

function convert({ conversion, precision }: Placeholder, value: number): string {
    switch (conversion) {
        case "f":
            return value.toFixed(precision ?? 6);
        case "d":
            return String(Math.trunc(value) + 0);
        case "g":
        case "s":
            return general(value, Math.max(1, precision ?? 6));
    }
}

/** C's %g. */
function general(value: number, digits: number): string {
    const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    if (power < -4 || power >= digits) {
        const sign = power < 0 ? "-" : "+";
        return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
    }
    return withoutZeros(value.toFixed(digits - 1 - power));
}

function withoutZeros(digits: string): string {
    return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}
