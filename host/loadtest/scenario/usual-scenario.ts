import { scenario } from "./scenario.js";

/** What is done with a folder of saves: each is loaded, and the game left to itself for a while. */
export const usualScenario = scenario({
    async run({ launch, loadSave, waitForLoaded, waitSeconds, soakSeconds }) {
        await launch();
        await loadSave();
        await waitForLoaded();
        await waitSeconds(soakSeconds);
    },
});
