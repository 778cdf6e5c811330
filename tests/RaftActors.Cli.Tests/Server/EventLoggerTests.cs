using System.Reflection;

using Akka.Event;
using Akka.TestKit.Xunit2;

namespace RaftActors.Cli.Tests.Server;

/// <summary>The reason that is logged when the raft actor fails.</summary>
public sealed class EventLoggerTests : TestKit
{
    public static TheoryData<Func<Exception, Exception>> Wrappers =>
    [
        cause => cause,
        cause => new TargetInvocationException(cause),
        cause => new TypeLoadException("Error while creating actor instance", cause),
        cause => new AggregateException(new TypeLoadException("Error while creating actor instance", new TargetInvocationException(cause))),
    ];

    [Theory]
    [MemberData(nameof(Wrappers))]
    public async Task Cause_of_the_failure_is_found_in_every_wrapper(Func<Exception, Exception> wrapped)
    {
        var settings = ServerSettings.Of(":9990", data: "/data");
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var terminal = new ServerTerminal(TextWriter.Null, TextWriter.Null, TimeProvider.System);
        var logger = Sys.ActorOf(Props.Create(() => new EventLogger(settings, terminal, "/user/raft", failed)));
        var cause = new StoreException("the store of raft@:9990 is damaged", new IOException("no cause of interest"));

        logger.Tell(new Error(wrapped(cause), "akka://raft/user/raft", typeof(LogServer), "a wrapper"));

        Assert.Equal("the store of :9990 is damaged", await failed.Task.WaitAsync(Guard));
    }
}
