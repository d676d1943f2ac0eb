/** A checked script: every name is known and every placeholder has its value. `parseScript` makes one. */
export interface Script {
    readonly steps: readonly Step[];
}

/** A step of a script. Each runs at most once, because there are no loops. */
export type Step = Position &
    (Exclude<StatementBody, { kind: "nothing" | "if" | "elseif" | "else" | "endif" }> | Choice);

/** The lines from `if` to `endif`: the first branch whose condition is true runs. */
export interface Choice {
    readonly kind: "choice";
    readonly branches: readonly Branch[];
}

export interface Branch extends Position {
    /** Null stands for `else`. */
    readonly condition: Expression | null;
    readonly steps: readonly Step[];
}

/** One line of a script. `line` and `column` count from 1, as editors do. */
export type Statement = StatementBody & Position;

export type StatementBody =
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

/** `int` and `short` drop the fraction; `short` has the range of `int`, as in the game. */
export type VariableType = "float" | "int" | "short";

/** An expression with a numeric value. */
export type Expression = Literal | Negation | Operation | Call;

/** A variable, or a console command with its arguments. Names are case-insensitive. */
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
    /** Column of the operator. */
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
    /** As written. */
    readonly text: string;
    readonly column: number;
}

export interface Text {
    readonly kind: "text";
    /** Without the quotes. */
    readonly text: string;
    /** Column of the first character after the quote. */
    readonly column: number;
}

/** A value for a placeholder of `PrintC`. */
export type PrintedValue = Text | Expression;

export interface Name {
    readonly kind: "name";
    readonly text: string;
    readonly column: number;
}
