using System.Text.Json;

namespace RaftActors.Dashboard.Tests;

/// <summary>The server-sent events of a page, put together as the script of the page does.</summary>
internal sealed class PageStream(StreamReader lines) : IDisposable
{
    private readonly Dictionary<string, string> _parts = [];

    public static async Task<PageStream> OpenAsync(HttpClient http, string path) =>
        new(new StreamReader(await http.GetStreamAsync(path).WaitAsync(DashboardNode.Guard)));

    /// <summary>The latest point of the plots.</summary>
    public JsonElement Point { get; private set; }

    public string this[string part] => _parts[part];

    /// <summary>Whether a part has come, and has this text.</summary>
    public bool Has(string part, string text) => _parts.GetValueOrDefault(part)?.Contains(text, StringComparison.Ordinal) == true;

    /// <summary>Reads events until the page is as expected.</summary>
    public async Task UntilAsync(Func<PageStream, bool> isExpected)
    {
        using CancellationTokenSource guard = new(DashboardNode.Guard);
        try
        {
            do
            {
                await ReadAsync(guard.Token);
            }
            while (!isExpected(this));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The page is not as expected: {string.Join('\n', _parts)}");
        }
    }

    public void Dispose() => lines.Dispose();

    private async Task ReadAsync(CancellationToken guard)
    {
        var line = await lines.ReadLineAsync(guard) ?? throw new EndOfStreamException("The stream has ended.");
        Assert.StartsWith("data: ", line, StringComparison.Ordinal);
        Assert.Equal("", await lines.ReadLineAsync(guard));
        var data = JsonDocument.Parse(line["data: ".Length..]).RootElement;
        foreach (var part in data.GetProperty("parts").EnumerateObject())
        {
            _parts[part.Name] = part.Value.GetString()!;
        }

        if (data.TryGetProperty("point", out var point))
        {
            Point = point;
        }
    }
}
