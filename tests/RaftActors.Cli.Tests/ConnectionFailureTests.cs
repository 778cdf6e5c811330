using System.Net.Sockets;

namespace RaftActors.Cli.Tests;

/// <summary>Why a server cannot be reached, in words that do not depend on the actor runtime.</summary>
public sealed class ConnectionFailureTests
{
    private static readonly SocketException Refused = new((int)SocketError.ConnectionRefused);

    public static TheoryData<Exception, string> Failures => new()
    {
        { Refused, "connection refused" },
        { new IOException("no association", Refused), "connection refused" },
        { new IOException($"{Refused.Message} akka.tcp://raft@127.0.0.1:1"), "connection refused" },
        { new AggregateException(new SocketException((int)SocketError.HostNotFound)), "the host name is unknown" },
        { new TimeoutException("no answer within 1 s"), "no answer" },
        { new IOException("association failed", new IOException("connection timed out: 10.0.0.1:1")), "no answer" },
        {
            new IOException("the handshake failed."),
            "no raft server of this name listens at this address, or it needs --tls-cert or --secrets (the handshake failed)"
        },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Reason_is_found_in_every_wrapper(Exception failure, string reason) =>
        Assert.Equal(reason, ConnectionFailure.Of(failure));
}
