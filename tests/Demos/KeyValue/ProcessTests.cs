using System.Diagnostics;
using System.Net;

using RaftActors.Testing.History;

namespace KeyValue.Tests;

/// <summary>Three nodes as processes, which are killed and started again while clients write and read one item.</summary>
public sealed class ProcessTests : IDisposable
{
    private const int Clients = 3;
    private const int CallsOfClient = 30;
    private const int CallsBetweenKills = 20;
    private const int PlacesMax = 2_000_000;

    // A call that is sent again at once would only be refused again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("key-value").FullName;
    private readonly int[] _httpPorts = FreePorts.Take(3);
    private readonly int[] _raftPorts = FreePorts.Take(3);
    private readonly Process[] _nodes = new Process[3];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Lock _lock = new();
    private readonly OperationHistory<Call, string?> _history = new();
    private int _done;
    private int _kills;

    public ProcessTests() => Array.ForEach([0, 1, 2], Start);

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            Kill(node);
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Item_is_linearizable_while_each_node_is_killed()
    {
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(UseAsync));

        Assert.Equal(3, _kills);
        Assert.Null(_history.FindFault(new Item(), PlacesMax));
    }

    private async Task UseAsync(int client)
    {
        for (var (number, done) = (0, 0); done < CallsOfClient; number++)
        {
            Call call = new(number % 2 == 0 ? $"{client}/{number}" : null);
            if (await CallAsync(client, call, _httpPorts[(client + number) % 3]))
            {
                done++;
            }
            else
            {
                await Task.Delay(Pause);
            }
        }
    }

    // Whether the call was answered.
    private async Task<bool> CallAsync(int client, Call call, int port)
    {
        Operation<Call, string?> operation;
        lock (_lock)
        {
            operation = _history.Invoke(client, call);
        }

        var (status, value) = await SendAsync(call, $"http://127.0.0.1:{port}/kv/item");
        lock (_lock)
        {
            switch (status)
            {
                case HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.NoContent or HttpStatusCode.NotFound:
                    _history.Ok(operation, value);
                    if (++_done % CallsBetweenKills == 0 && _kills < 3)
                    {
                        Kill(_nodes[_kills++]);
                        if (_kills < 3)
                        {
                            // The others have a quorum without the last one.
                            Start(_kills - 1);
                        }
                    }

                    return true;
                case HttpStatusCode.ServiceUnavailable:
                case var _ when call.Value is null:
                    // Without an effect: it was refused, or only reads.
                    _history.Fail(operation);
                    break;
                default:
                    _history.Unknown(operation);
                    break;
            }
        }

        return false;
    }

    // A request that no node has taken had no effect, as with the status 503. The status is null if no answer came.
    private async Task<(HttpStatusCode? Status, string? Value)> SendAsync(Call call, string url)
    {
        try
        {
            using var response = call.Value is { } value
                ? await _http.PutAsync(url, new StringContent(value))
                : await _http.GetAsync(url);
            return (response.StatusCode, response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync() : null);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (HttpStatusCode.ServiceUnavailable, null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return (null, null);
        }
    }

    private void Start(int node)
    {
        ProcessStartInfo start = new("dotnet",
        [
            typeof(KeyValueStore).Assembly.Location,
            "--urls", $"http://127.0.0.1:{_httpPorts[node]}",
            "--RaftActors:Node", $"127.0.0.1:{_raftPorts[node]}",
            "--RaftActors:StoreDirectory", Path.Combine(_folder, $"{node}"),
            .. _raftPorts.SelectMany((port, place) => new[] { $"--RaftActors:Roster:{place}", $"kv@127.0.0.1:{port}" }),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _nodes[node] = Process.Start(start)!; // Justification: it is a new process.
        _nodes[node].BeginOutputReadLine();
        _nodes[node].BeginErrorReadLine();
    }

    // As kill -9 does.
    private static void Kill(Process node)
    {
        if (!node.HasExited)
        {
            node.Kill();
        }

        node.WaitForExit();
    }

    /// <param name="Value">Null: reads the item.</param>
    private sealed record Call(string? Value);

    /// <summary>What one copy would do. A write has no output.</summary>
    private sealed class Item : SequentialModel<string?, Call, string?>
    {
        public override string? Initial => null;

        public override bool IsReadOnly(Call input) => input.Value is null;

        public override bool TryStep(string? state, Call input, Operation<Call, string?> operation, out string? next)
        {
            next = input.Value ?? state;
            return operation.Allows(input.Value is null ? state : null);
        }
    }
}
