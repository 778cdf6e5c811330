using System.Threading.Channels;

using Akka.Actor;

namespace RaftActors.Testing.Tests;

/// <summary>A wrong use of a scripted group throws at the call, with the cause and the remedy.</summary>
public sealed class ScriptedGroupTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("test");
    private readonly Channel<object> _asked = Channel.CreateUnbounded<object>();

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Second_group_of_an_actor_system_is_refused()
    {
        _ = new ScriptedGroup<int>(_system);

        AssertWrong("has a scripted group already", "create another actor system", () => new ScriptedGroup<int>(_system));
    }

    [Fact]
    public async Task Group_behind_its_actor_is_refused()
    {
        using var system = ActorSystem.Create(
            "alone", "raft { node = alone, nodes = [alone], quorum.allow-fewer-than-three = on }");
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        system.ActorOf(Props.Create(() => new Adder(started)), "adder");
        await started.Task;

        AssertWrong("'adder@alone' was created before the group", "Create the group before", () => new ScriptedGroup<int>(system));
    }

    [Fact]
    public async Task Append_is_committed_once()
    {
        var group = new ScriptedGroup<int>(_system, Probe());
        _system.ActorOf(Props.Create(() => new Adder(null))).Tell(1);
        group.Found();
        var append = await AppendAsync();

        Assert.Equal(new Serial(1), group.Commit(append));
        AssertWrong("is committed already", "Take the next Append", () => group.Commit(append));
        Assert.Equal(new Serial(2), group.Commit("a", 1));
    }

    private static void AssertWrong(string cause, string remedy, Action call)
    {
        var message = Assert.Throws<InvalidOperationException>(call).Message;
        Assert.Contains(cause, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    private IActorRef Probe()
    {
        var asked = _asked.Writer;
        return ((ExtendedActorSystem)_system).SystemActorOf(Props.Create(() => new Writer(asked)), "probe");
    }

    private async Task<FromActor<int>.Append> AppendAsync() => Assert.IsType<FromActor<int>.Append>(await _asked.Reader.ReadAsync());

    private sealed class Writer : ReceiveActor
    {
        public Writer(ChannelWriter<object> writer) => ReceiveAny(message => writer.TryWrite(message));
    }

    private sealed class Adder : RaftActor<int>
    {
        private readonly TaskCompletionSource? _started;

        public Adder(TaskCompletionSource? started = null)
        {
            _started = started;
            Receive<int>(number => Group.Append("a", number));
        }

        protected override void PreStart() => _started?.SetResult();

        protected override object? HandleAppend(Entry<int> entry) => null;
    }
}
