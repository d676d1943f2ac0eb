import type { MatchResult, Node } from "ohm-js";
import { lineGrammar } from "./grammar.js";
import type {
    Call,
    Expression,
    Literal,
    Name,
    Operator,
    PrintedValue,
    StatementBody,
    Text,
    VariableType,
} from "./syntax.js";

/** The statement of a line that matches the grammar. */
export function statementOf(match: MatchResult): StatementBody {
    return (semantics(match) as unknown as Tree).statement();
}

/** Column of an index in a line, counted from 1 in code points. */
export function columnOf(text: string, index: number): number {
    return [...text.slice(0, index)].length + 1;
}

/** The semantic operations defined below. */
interface Tree {
    statement(): StatementBody;
    expression(): PrintedValue;
}

const semantics = lineGrammar.createSemantics();

semantics.addOperation<StatementBody>("statement", {
    Line: (line) => (line as Node & Tree).statement(),
    Declaration: (type, name) => ({
        kind: "declaration",
        type: type.sourceString.toLowerCase() as VariableType,
        name: nameOf(name),
    }),
    Assignment: (_set, name, _to, value) => ({ kind: "assignment", name: nameOf(name), value: expressionOf(value) }),
    If: (_if, condition) => ({ kind: "if", condition: expressionOf(condition) }),
    ElseIf: (_elseif, condition) => ({ kind: "elseif", condition: expressionOf(condition) }),
    Else: (_else) => ({ kind: "else" }),
    EndIf: (_endif) => ({ kind: "endif" }),
    Print: (_printc, format, _commas, values) => ({
        kind: "print",
        format: valueOf(format) as Text,
        values: values.children.map(valueOf),
    }),
    Command: (name, args) => ({ kind: "command", call: callOf(name, args) }),
    Nothing: (_end) => ({ kind: "nothing" }),
});

semantics.addOperation<PrintedValue>("expression", {
    Expression_or: operation,
    And_and: operation,
    Equality_compare: operation,
    Comparison_compare: operation,
    Sum_calculate: operation,
    Product_calculate: operation,
    Signed_negative: negation,
    Operand_group: (_open, inner, _close) => expressionOf(inner),
    Call: callOf,
    PrintArgument_group: (_open, inner, _close) => expressionOf(inner),
    PrintArgument_negative: negation,
    Value: (name) => ({ kind: "call", name: nameOf(name), args: [] }),
    number(_decimal) {
        return literalOf(this);
    },
    text: (open, characters, _close) => textOf(open, characters),
});

function operation(left: Node, operator: Node, right: Node): Expression {
    return {
        kind: "operation",
        operator: operator.sourceString as Operator,
        left: expressionOf(left),
        right: expressionOf(right),
        column: columnAt(operator),
    };
}

function negation(_minus: Node, operand: Node): Expression {
    return { kind: "negation", operand: expressionOf(operand) };
}

function callOf(name: Node, args: Node): Call {
    return { kind: "call", name: nameOf(name), args: args.children.map(argumentOf) };
}

function argumentOf(node: Node): Literal | Name {
    return node.child(0).ctorName === "number" ? literalOf(node) : nameOf(node);
}

function literalOf(node: Node): Literal {
    const text = node.sourceString;
    return { kind: "number", value: Number(text), text, column: columnAt(node) };
}

function textOf(open: Node, characters: Node): Text {
    return { kind: "text", text: characters.sourceString, column: columnAt(open) + 1 };
}

function nameOf(node: Node): Name {
    return { kind: "name", text: node.sourceString, column: columnAt(node) };
}

/** The grammar allows texts only as arguments of PrintC, so this is an expression. */
function expressionOf(node: Node): Expression {
    return valueOf(node) as Expression;
}

function valueOf(node: Node): PrintedValue {
    return (node as Node & Tree).expression();
}

function columnAt({ source }: Node): number {
    return columnOf(source.sourceString, source.startIdx);
}
