/** What a line of a script says. `line` and `column` count from 1, as editors do. */
export type Statement = Said & Position;

export type Said =
    | { readonly kind: "nothing" | "else" | "endif" }
    | { readonly kind: "declaration"; readonly type: VariableType; readonly name: Name }
    | { readonly kind: "assignment"; readonly name: Name; readonly value: Expression }
    | { readonly kind: "if" | "elseif"; readonly condition: Expression }
    | { readonly kind: "print"; readonly format: Text; readonly values: readonly PrintedValue[] }
    | { readonly kind: "command"; readonly call: Call };

export interface Position {
    readonly line: number;
    readonly column: number;
}

/** Numbers with a fraction, or numbers without one. `short` holds what `int` does, as in the game. */
export type VariableType = "float" | "int" | "short";

/** Something that has a value. */
export type Expression = Literal | Negation | Operation | Call;

/** A variable, or a console command with its arguments. Names are the same in any case of letters. */
export interface Call {
    readonly kind: "call";
    readonly name: Name;
    readonly args: readonly (Literal | Name)[];
}

export interface Operation {
    readonly kind: "operation";
    readonly operator: Operator;
    readonly left: Expression;
    readonly right: Expression;
    /** Of the operator. */
    readonly column: number;
}

export type Operator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

export interface Negation {
    readonly kind: "negation";
    readonly operand: Expression;
}

export interface Literal {
    readonly kind: "number";
    readonly value: number;
    /** As it was written. */
    readonly text: string;
    readonly column: number;
}

export interface Text {
    readonly kind: "text";
    /** Without the quotes. */
    readonly text: string;
    /** Of the first character behind the quote. */
    readonly column: number;
}

/** What `PrintC` fills a placeholder with. */
export type PrintedValue = Text | Expression;

export interface Name {
    readonly kind: "name";
    readonly text: string;
    readonly column: number;
}
