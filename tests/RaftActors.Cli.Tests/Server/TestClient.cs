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

    public void Dispose() => _connection.Dispose();

    private async Task<Reply> Ask(int port, Func<long, Request> request)
    {
        var answer = await _connection.AskAsync(
            new ServerId("", port), (number, _) => request(number), ServerProcess.Patience, _ => { }, CancellationToken.None);
        return answer is Answer.Replied replied ? replied.Reply : throw new InvalidOperationException($"{answer}");
    }
}
