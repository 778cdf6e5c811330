using Akka.Actor;
using Akka.Configuration;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Sends requests to servers by the protocol, as a client program does.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create(
        ServerId.GroupName,
        ConfigurationFactory.ParseString(
            $$"""
            akka {
              stdout-loglevel = OFF
              loglevel = OFF
              actor.provider = remote
              remote.retry-gate-closed-for = 100ms
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, maximum-frame-size = {{MessageLimits.FrameBytesMax}}b }
            }
            """).WithFallback(ProtocolSerializer.Registration));

    private long _number;

    public Task<Reply> Append(int port, string text, string? id = null) =>
        Ask(port, number => new Request.Append(number, id ?? Guid.NewGuid().ToString(), text, Timeout));

    public Task<Reply> Add(int port, int server) => Ask(port, number => new Request.AddMember(number, new ServerId("", server), Timeout));

    public Task<Reply> Remove(int port, int server) =>
        Ask(port, number => new Request.RemoveMember(number, new ServerId("", server), Timeout));

    public async Task<Reply.StatusIs> Status(int port) => (Reply.StatusIs)await Ask(port, number => new Request.Status(number));

    public void Dispose() => _system.Terminate().GetAwaiter().GetResult();

    private async Task<Reply> Ask(int port, Func<long, Request> request)
    {
        var answered = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = _system.ActorOf(Props.Create(() => new Asking(answered)));
        _system.ActorSelection($"akka.tcp://raft@127.0.0.1:{port}/user/raft").Tell(request(++_number), asking);
        return await answered.Task.WaitAsync(ServerProcess.Patience);
    }

    private sealed class Asking : ReceiveActor
    {
        public Asking(TaskCompletionSource<Reply> answered)
        {
            Receive<Reply.Redirected>(_ => { });
            Receive<Reply>(reply => answered.TrySetResult(reply));
        }
    }
}
