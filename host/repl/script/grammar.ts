import { grammar } from "ohm-js";

/**
 * One line of a diagnostic script: the part of the game's script language that the v2.0 document uses. The game parses
 * scripts line by line, too. Precedence as in the game: sign, then `* / %`, then `+ -`, then `< <= > >=`, then `== !=`,
 * then `&&`, then `||`. `nest-blocks.ts` turns lines into blocks.
 */
export const lineGrammar = grammar(String.raw`
    ScriptLine {
        Line = Declaration | Assignment | If | ElseIf | Else | EndIf | Print | Command | Nothing

        Declaration = type name
        Assignment = set name to Expression
        If = if Expression
        ElseIf = elseif Expression
        Else = else
        EndIf = endif
        Print = printc text (","? PrintArgument)*
        Command = name Argument*
        Nothing = end

        Expression = Expression or And  -- or
                   | And
        And = And and Equality  -- and
            | Equality
        Equality = Equality equality Comparison  -- compare
                 | Comparison
        Comparison = Comparison comparison Sum  -- compare
                   | Sum
        Sum = Sum sum Product  -- calculate
            | Product
        Product = Product product Signed  -- calculate
                | Signed
        Signed = "-" Operand  -- negative
               | Operand
        Operand = "(" Expression ")"  -- group
                | number
                | Call
        Call = name Argument*

        Argument = number | name
        PrintArgument = text | "(" Expression ")"  -- group
                      | "-" number  -- negative
                      | number | Value
        Value = name

        or (an operator) = "||"
        and (an operator) = "&&"
        equality (an operator) = "==" | "!="
        comparison (an operator) = "<=" | ">=" | "<" | ">"
        sum (an operator) = "+" | "-"
        product (an operator) = "*" | "/" | "%"

        number (a number) = decimal ~nameRest
        decimal = digit+ ("." digit*)?  -- whole
                | "." digit+  -- fraction
        text (a text in quotes) = "\"" (~"\"" any)* "\""
        name (a name) = ~(keyword | type) nameStart nameRest*
        nameStart = "a".."z" | "A".."Z" | "_"
        nameRest = nameStart | digit

        type (float, int or short) = (caseInsensitive<"float"> | caseInsensitive<"int"> | caseInsensitive<"short">) ~nameRest
        keyword = set | to | if | elseif | else | endif | printc
        set = caseInsensitive<"set"> ~nameRest
        to ("to") = caseInsensitive<"to"> ~nameRest
        if = caseInsensitive<"if"> ~nameRest
        elseif = caseInsensitive<"elseif"> ~nameRest
        else = caseInsensitive<"else"> ~nameRest
        endif = caseInsensitive<"endif"> ~nameRest
        printc = caseInsensitive<"PrintC"> ~nameRest

        space += comment
        comment = ";" any*
    }
`);
