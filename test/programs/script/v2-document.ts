/** The diagnostic commands of the v2.0 document, as they are written there. */
export const documentsScript = `; Check if pool is active
if (IsMemoryPoolActive)
    PrintC "✓ Pool active"
endif

; Monitor usage
float usage
set usage to GetMemoryPoolUsage
PrintC "Pool: %.2f MB used" usage

; Detailed stats (logs to file)
GetMemoryPoolStats
`;

/** What they print. */
export const documentsOutput =
    /^✓ Pool active\nPool: \d+\.\d\d MB used\n=== Memory Pool Statistics ===\n(?:.+\n){6}GetMemoryPoolStats >> \d+$/m;
