using Akka.TestKit.Xunit2;

using RaftActors.Clients;

namespace RaftActors.Tests.Clients;

/// <summary>The open Appends of a client that may have one at a time.</summary>
public sealed class ClientCallsTests : TestKit
{
    private readonly ClientCalls _calls = new(pendingMax: 1);

    [Fact]
    public void Append_that_is_refused_takes_no_room()
    {
        Assert.True(_calls.TryBeginAppend());
        Assert.False(_calls.TryBeginAppend());

        _calls.EndAppend(Append());

        Assert.True(_calls.TryBeginAppend());
    }

    [Fact]
    public void Question_that_is_refused_takes_no_room()
    {
        Assert.True(_calls.TryBeginQuestion());
        Assert.False(_calls.TryBeginQuestion());

        _calls.EndQuestion();

        Assert.True(_calls.TryBeginQuestion());
    }

    [Fact]
    public void Append_that_ends_twice_makes_room_for_one()
    {
        var append = Append();
        Assert.True(_calls.TryBeginAppend());

        append.End(new Outcome<int>.Unknown(UnknownReason.TimedOut));
        append.End(new Outcome<int>.Unknown(UnknownReason.TimedOut));

        Assert.True(_calls.TryBeginAppend());
        Assert.False(_calls.TryBeginAppend());
    }

    [Fact]
    public async Task Append_that_the_actor_never_read_ends_with_it_as_not_committed()
    {
        var (before, after) = (Append(), Append());

        _calls.Begin(before, TestActor);
        _calls.OnStopped();
        _calls.Begin(after, TestActor);

        Assert.Equal(NotCommittedReason.Closed, Assert.IsType<Outcome<int>.NotCommitted>(await before.Task).Reason);
        Assert.Equal(NotCommittedReason.Closed, Assert.IsType<Outcome<int>.NotCommitted>(await after.Task).Reason);
    }

    private ClientAppend<int> Append() => new("key", default, TimeSpan.FromMinutes(1), _calls);
}
