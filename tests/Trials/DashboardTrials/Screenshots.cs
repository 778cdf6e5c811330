using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace DashboardTrials;

/// <summary>The images of the documentation.</summary>
internal sealed class Screenshots(BusyNodes nodes, Chromium chromium, string folder)
{
    private const int SizeMax = 80_000;

    private const string Group = "/deep/ops/groups/counter";

    public async Task TakeAsync()
    {
        // The node that led first has the votes of the latest election if it leads again.
        var leader = nodes.Leader;
        var desktop = await chromium.OpenAsync(new Uri(nodes[leader], Group), width: 970, height: 540);
        var dark = await chromium.OpenAsync(new Uri(nodes[leader], Group), isDark: true, width: 970, height: 530);
        var phone = await chromium.OpenAsync(new Uri(nodes[leader], Group), width: 360, isOperator: false, height: 1040);
        var overview = await chromium.OpenAsync(new Uri(nodes[leader], "/raft"), isOperator: false, width: 970, height: 560);
        var locks = await chromium.OpenAsync(new Uri(nodes[leader], "/raft/coordination"), isOperator: false, width: 970, height: 560);
        var log = await chromium.OpenAsync(new Uri(nodes[leader], "/raft/log/counter"), isOperator: false, width: 970, height: 420);
        await desktop.WaitForFunctionAsync(
            "() => (document.querySelector('figure[data-plot=rate] path')?.getAttribute('d').split('L').length ?? 0) > 70",
            null,
            new() { Timeout = 240_000 });
        await Expect(overview.Locator("#summary")).ToContainTextAsync("Each has a leader.");
        Directory.CreateDirectory(folder);
        await TakeAsync(overview, "dashboard.png");
        await TakeAsync(locks, "dashboard-locks.png");
        await TakeAsync(log, "dashboard-log.png");
        await desktop.Locator("#changes").ScreenshotAsync(new() { Path = Path.Combine(folder, "dashboard-changes.png") });
        await desktop.EvaluateAsync("() => scrollTo(0, 0)");
        await TakeAsync(desktop, "dashboard-group.png");
        await TakeAsync(dark, "dashboard-dark.png");
        await TakeAsync(phone, "dashboard-phone.png");

        // A clone of the repository has each version of each image for ever.
        var large = new DirectoryInfo(folder).GetFiles("dashboard*.png").Where(image => image.Length > SizeMax).ToList();
        if (large.Count > 0)
        {
            throw new InvalidOperationException($"Larger than {SizeMax} bytes: {string.Join(", ", large.Select(image => image.Name))}");
        }
    }

    private async Task TakeAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name) });
        await page.Context.CloseAsync();
    }
}
