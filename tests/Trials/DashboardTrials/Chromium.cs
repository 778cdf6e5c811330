using Microsoft.Playwright;

namespace DashboardTrials;

/// <summary>A browser, and all that went wrong in its pages.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Messages of the console and exceptions of scripts. A violation of the content security policy is one.</summary>
    public List<string> Errors { get; } = [];

    public static async Task<Chromium> StartAsync(string program)
    {
        var playwright = await Playwright.CreateAsync();
        return new Chromium(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            // A container has no user namespaces for the sandbox, and the pages are our own.
            Args = ["--no-sandbox"],
        }));
    }

    /// <summary>Opens a page.</summary>
    /// <param name="isOperator">With the header of an operator.</param>
    public async Task<IPage> OpenAsync(
        Uri address, int width = 1280, bool isDark = false, bool isOperator = true, bool hasScript = true, int height = 900)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ExtraHTTPHeaders = isOperator ? [new("User", "operator")] : [],
            JavaScriptEnabled = hasScript,
        });
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Errors.Add($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Errors.Add($"{page.Url}: {error}");
        await page.GotoAsync(address.ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
