using DashboardTrials;

// Drives the pages of three nodes in a browser. The arguments are the browser, the folder of the screenshots, and parts of the names of
// the checks to run; without the last all run.
if (args is not [var browser, var images, .. var only] || !File.Exists(browser))
{
    Console.Error.WriteLine(
        "Usage: DashboardTrials BROWSER FOLDER [CHECK...]. BROWSER is the program of a Chromium, such as /usr/bin/chromium. "
            + "On Debian: apt-get install chromium.");
    return 2;
}

await using var nodes = await BusyNodes.StartAsync();
await using var chromium = await Chromium.StartAsync(browser);
return await Checks.RunAsync(nodes, chromium, images, only);
