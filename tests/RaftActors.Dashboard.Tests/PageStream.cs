using System.Text.Json;

namespace RaftActors.Dashboard.Tests;

/// <summary>The server-sent events of a page, put together as the script of the page does.</summary>
internal sealed class PageStream(StreamReader lines) : IDisposable
{
    private readonly Dictionary<string, string> _parts = [];

    public static async Task<PageStream> OpenAsync(HttpClient http, string path) =>
        new(await ReadAsync(await SendAsync(http, path)));

    /// <summary>Asks for the events of a page.</summary>
    /// <param name="user">The user, or null for none.</param>
    public static Task<HttpResponseMessage> SendAsync(HttpClient http, string path, string? user = null)
    {
        HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.Accept.Add(new("text/event-stream"));
        if (user is not null)
        {
            request.Headers.Add(UserByHeader.Header, user);
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(DashboardNode.Guard);
    }

    public static async Task<StreamReader> ReadAsync(HttpResponseMessage answer) =>
        new(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());

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
