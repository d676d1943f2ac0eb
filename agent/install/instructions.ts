/** The instructions in that many bytes, up to the first bytes that are none: data behind a function. */
export function* instructionsFrom(address: NativePointer, bytes: number): Generator<X86Instruction> {
    const end = address.add(bytes);
    let at = address;
    while (at.compare(end) < 0) {
        let instruction: X86Instruction;
        try {
            instruction = Instruction.parse(at) as X86Instruction;
        } catch {
            return;
        }
        yield instruction;
        at = instruction.next;
    }
}

/** Where a jump or call leads whose first operand is the address itself, else null. */
export function directTarget(instruction: X86Instruction): NativePointer | null {
    const operand = instruction.operands[0];
    return operand?.type === "imm" ? ptr(operand.value.toString()) : null;
}
