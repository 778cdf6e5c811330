using RaftActors.Cli.Security;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Sends requests to servers, as a client command does.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly Dictionary<int, GroupClient> _clients = [];

    public Task<RequestOutcome> Append(int port, string text, string? id = null) =>
        new Appender(ClientOf(port), RunningServer.Patience, id).AppendAsync(text, id ?? Guid.NewGuid().ToString());

    public RaftClient<string, string> RaftAt(int port) => ClientOf(port).Raft;

    /// <summary>The port of the leader that a server knows. Between two leaders it knows none, so it is asked again.</summary>
    public async Task<int> LeaderOf(int port)
    {
        while (true)
        {
            if ((await Status(port)).Leader is { } leader)
            {
                return ServerId.Of(leader).Port;
            }
        }
    }

    /// <summary>The status of a server. The others may not know yet that it has started, so it is asked again.</summary>
    public async Task<RaftStatus> Status(int port)
    {
        while (true)
        {
            var group = await ClientOf(port).Raft.StatusAsync();
            if (group.Processes.FirstOrDefault(process => process.Name == new ServerId("", port).Process) is { } status)
            {
                return status;
            }
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private GroupClient ClientOf(int port)
    {
        if (!_clients.TryGetValue(port, out var client))
        {
            var target = new ServersTarget([new ServerId("", port)]);
            var settings = new RunSettings(target, RunningServer.Patience, IsJson: false, ConnectionSecurity.None);
            _clients.Add(port, client = settings.Open(CancellationToken.None));
        }

        return client;
    }
}
