using Deque.AxeCore.Playwright;

using Microsoft.Playwright;

using static Microsoft.Playwright.Assertions;

namespace DashboardTrials;

/// <summary>What the pages do in a browser.</summary>
internal sealed class Checks(BusyNodes nodes, Chromium chromium, string[] only)
{
    private const string Ops = "/deep/ops";
    private const string Group = $"{Ops}/groups/counter";

    private static readonly string[] Pages =
    [
        Ops, Group, $"{Ops}/shards/orders", $"{Ops}/groups/unknown",
        $"{Ops}/log/counter", $"{Ops}/log/unknown", $"{Ops}/coordination", $"{Ops}/coordination?lock=price-import",
    ];

    private int _failed;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(BusyNodes nodes, Chromium chromium, string images, string[] only)
    {
        SetDefaultExpectTimeout(60_000);
        Checks checks = new(nodes, chromium, only);
        await checks.CheckAsync("the group has a leader", checks.WaitAsync);
        await checks.CheckAsync("the leadership is transferred by a click, and the page shows it", checks.TransferAsync);
        await checks.CheckAsync("the leadership is transferred without a script", checks.TransferWithoutScriptAsync);
        await checks.CheckAsync("a member is removed and added by the keyboard alone", checks.KeyboardAsync);
        await checks.CheckAsync("a form on another site changes nothing", checks.OtherSiteAsync);
        await checks.CheckAsync("a reader sees no button", checks.ReaderAsync);
        await checks.CheckAsync("the latest pairs come while the page is open, and a table that moves keeps its place", checks.LogAsync);
        await checks.CheckAsync("a lock is found by the keyboard alone, with its holder and the claims that wait", checks.FindLockAsync);
        await checks.CheckAsync("a hostile name of a lock is text, and its link leads to it", checks.HostileLockAsync);
        foreach (var (path, isDark) in Pages.SelectMany(path => new[] { (path, false), (path, true) }))
        {
            await checks.CheckAsync($"axe finds nothing: {path}, {(isDark ? "dark" : "light")}", () => checks.AxeAsync(path, isDark));
        }

        foreach (var path in Pages)
        {
            await checks.CheckAsync($"no horizontal scrolling at 320 px: {path}", () => checks.PhoneAsync(path));
        }

        await checks.CheckAsync("screenshots", () => new Screenshots(nodes, chromium, images).TakeAsync());
        await checks.CheckAsync("no error and no warning in the console", () =>
            chromium.Errors.Count == 0 ? Task.CompletedTask : throw new InvalidOperationException(string.Join('\n', chromium.Errors)));
        return checks._failed == 0 ? 0 : 1;
    }

    private async Task CheckAsync(string name, Func<Task> check)
    {
        if (only.Length > 0 && !only.Any(name.Contains))
        {
            return;
        }

        try
        {
            await check();
            Console.WriteLine($"held: {name}");
        }
        catch (Exception cause)
        {
            _failed++;
            Console.WriteLine($"FAILED: {name}\n{cause.Message}");
        }
    }

    private async Task WaitAsync()
    {
        var page = await OpenAsync(Group);
        await Expect(page.Locator("#summary")).ToContainTextAsync("3 of 3 voters answer");
        await Expect(page.Locator("#summary")).ToContainTextAsync("Led by");
        await Expect(page.Locator("figure[data-plot=rate] path")).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    private async Task TransferAsync()
    {
        var page = await OpenAsync(Group);
        var next = nodes.StatusOf((nodes.Leader + 1) % 3).Name;
        await page.GetByRole(AriaRole.Button, new() { Name = $"Make it the leader: {next}" }).ClickAsync();
        await Expect(page.Locator("#outcome")).ToHaveTextAsync($"{next} leads counter now.");
        await Expect(page.Locator("#summary")).ToContainTextAsync($"Led by {next}");
        await page.Context.CloseAsync();
    }

    private async Task TransferWithoutScriptAsync()
    {
        var page = await chromium.OpenAsync(new Uri(nodes[0], Group), hasScript: false);
        var next = nodes.StatusOf((nodes.Leader + 1) % 3).Name;
        await page.GetByRole(AriaRole.Button, new() { Name = $"Make it the leader: {next}" }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync($"{next} leads counter now.");
        await page.Context.CloseAsync();
    }

    // From the overview, with Tab and Enter alone. The page updates meanwhile, and must keep the focus and what is open.
    private async Task KeyboardAsync()
    {
        var page = await OpenAsync(Ops);
        await TabToAsync(page, "a", "counter");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Uri(nodes[0], Group).ToString());
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-events", "yes");
        var follower = nodes.StatusOf((nodes.Leader + 1) % 3).Name;
        await TabToAsync(page, "summary", $"Remove… {follower}");
        var outline = await page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle");
        Demand(outline == "solid", $"The outline of the focused element is '{outline}'.");
        await page.Keyboard.PressAsync("Enter");
        var delivered = await page.Locator("#members").InnerTextAsync();
        await Expect(page.Locator("#members")).Not.ToHaveTextAsync(delivered);
        await page.Keyboard.PressAsync("Tab");
        await FocusedAsync(page, "button", $"Remove {follower} from counter");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#outcome")).ToHaveTextAsync($"{follower} is no member of counter now.");
        await TabToAsync(page, "input", "");
        await page.Keyboard.TypeAsync(follower.Value);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#outcome")).ToHaveTextAsync($"{follower} is a member of counter now.");
        await Expect(page.Locator("#summary")).ToContainTextAsync("3 of 3 voters answer");
        await page.Context.CloseAsync();
    }

    private async Task OtherSiteAsync()
    {
        var page = await chromium.OpenAsync(new Uri("about:blank"));
        await page.SetContentAsync(
            $"<form method=post action=\"{new Uri(nodes[0], $"{Ops}/transfer")}\"><input name=group value=counter>"
                + $"<input name=member value=\"{nodes.StatusOf(0).Name}\"><button>Win</button></form>");
        await page.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("The request came from another site");
        chromium.Errors.RemoveAll(error => error.Contains("403", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    private async Task ReaderAsync()
    {
        var page = await chromium.OpenAsync(new Uri(nodes[0], Group), isOperator: false);
        await Expect(page.Locator("#summary")).ToContainTextAsync("Led by");
        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    private async Task LogAsync()
    {
        var page = await OpenAsync(Group);
        await page.GetByRole(AriaRole.Link, new() { Name = "Latest pairs of the log" }).ClickAsync();
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-events", "yes");
        await Expect(page.Locator("#pairs tbody tr")).ToHaveCountAsync(50);
        var latest = await page.Locator("#pairs tbody tr").First.InnerTextAsync();
        await Expect(page.Locator("#pairs tbody tr").First).Not.ToHaveTextAsync(latest);
        await Expect(page.Locator("#pairs tbody tr")).ToHaveCountAsync(50);
        await Expect(page.Locator("#pairs tbody tr").First).ToContainTextAsync("Int32");
        await page.GetByRole(AriaRole.Link, new() { Name = "counter" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(nodes[0], Group).ToString());
        await page.Context.CloseAsync();
    }

    private async Task FindLockAsync()
    {
        var page = await OpenAsync(Ops);
        await TabToAsync(page, "a", "Sessions and locks of the coordination");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-events", "yes");
        await TabToAsync(page, "input", "");
        await page.Keyboard.TypeAsync("price-import");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Lock price-import");
        await Expect(page.Locator("#lock")).ToContainTextAsync("run 4711");
        await Expect(page.Locator("#lock")).ToContainTextAsync("3 claims wait, in this order");
        await page.Context.CloseAsync();
    }

    private async Task HostileLockAsync()
    {
        await using var held = await nodes.HoldHostileLockAsync();
        var page = await OpenAsync($"{Ops}/coordination");
        await page.GetByRole(AriaRole.Link, new() { Name = BusyNodes.HostileLock }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync($"Lock {BusyNodes.HostileLock}");
        await Expect(page.Locator("#lock")).ToContainTextAsync($"token {held.Token}, {BusyNodes.HostileLock}");
        await Expect(page.Locator("img")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    private async Task AxeAsync(string path, bool isDark)
    {
        foreach (var width in new[] { 1280, 320 })
        {
            var page = await OpenAsync(path, width, isDark);
            var found = await page.RunAxe();
            Demand(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(violation =>
                $"{width} px: {violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}")));
            await page.Context.CloseAsync();
        }
    }

    private async Task PhoneAsync(string path)
    {
        var page = await OpenAsync(path, 320);
        var width = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        Demand(width <= 320, $"The page is {width} px wide.");
        await page.Context.CloseAsync();
    }

    // With the first event of its stream.
    private async Task<IPage> OpenAsync(string path, int width = 1280, bool isDark = false)
    {
        var page = await chromium.OpenAsync(new Uri(nodes[0], path), width, isDark);
        await Expect(page.Locator("#connection")).ToHaveAttributeAsync("data-events", "yes");
        chromium.Errors.RemoveAll(error => error.Contains("/unknown", StringComparison.Ordinal) && error.Contains("404"));
        return page;
    }

    private static async Task TabToAsync(IPage page, string element, string text)
    {
        for (var i = 0; i < 100; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await IsFocusedAsync(page, element, text))
            {
                return;
            }
        }

        throw new InvalidOperationException($"Tab does not reach the {element} '{text}'.");
    }

    private static async Task FocusedAsync(IPage page, string element, string text) =>
        Demand(await IsFocusedAsync(page, element, text), $"The {element} '{text}' has not the focus.");

    private static Task<bool> IsFocusedAsync(IPage page, string element, string text) => page.EvaluateAsync<bool>(
        "([element, text]) => document.activeElement.matches(element) "
            + "&& (document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()) === text",
        new[] { element, text });

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
