using RaftActors.Cli.Client;
using RaftActors.Cli.Protocol;
using RaftActors.Cli.Security;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Sends requests to servers by the protocol, as a client command does, and takes any reply.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ServerConnection _connection = new(ConnectionSecurity.None);

    public Task<Reply> Append(int port, string text, string? id = null) =>
        Ask(port, number => new Request.Append(number, id ?? Guid.NewGuid().ToString(), text, Timeout));

    public Task<Reply> Add(int port, int server) => Ask(port, number => new Request.AddMember(number, new ServerId("", server), Timeout));

    public Task<Reply> Remove(int port, int server) =>
        Ask(port, number => new Request.RemoveMember(number, new ServerId("", server), Timeout));

    public async Task<Reply.StatusIs> Status(int port) => (Reply.StatusIs)await Ask(port, number => new Request.Status(number));

    /// <summary>The port of the leader that a server knows. Between two leaders it knows none, so it is asked again.</summary>
    public async Task<int> LeaderOf(int port)
    {
        while (true)
        {
            if ((await Status(port)).Leader is { } leader)
            {
                return leader.Port;
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    private async Task<Reply> Ask(int port, Func<long, Request> request)
    {
        var answer = await _connection.AskAsync(
            new ServerId("", port), (number, _) => request(number), ServerProcess.Patience, _ => { }, CancellationToken.None);
        return answer is Answer.Replied replied ? replied.Reply : throw new InvalidOperationException($"{answer}");
    }
}
