using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Client;
using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Client;

public sealed class GroupFinderTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IActorRef> _engines = [];
    private readonly GroupFinder _finder;
    private TimeSpan _now = TimeSpan.FromMinutes(1);

    public GroupFinderTests() => _finder = new GroupFinder("orders", (_, _) => { }, _ => { }, path => _engines[path], () => "", Patience);

    [Fact]
    public void Leader_of_an_older_term_is_not_followed_while_processes_know_a_later_one()
    {
        var (first, second) = (NewEngine("first"), NewEngine("second"));
        Locate(first, "first", term: 1);
        Locate(second, "second", term: 9);

        Locate(first, "first", term: 1);
        Assert.Equal(second, _finder.Way);

        _finder.OnSilent(_now);
        Locate(first, "first", term: 1);
        Assert.Null(_finder.Way);
    }

    [Fact]
    public void Group_that_is_founded_anew_in_the_first_term_is_found()
    {
        var before = NewEngine("first");
        Locate(before, "first", term: 9);
        _finder.OnSilent(_now);
        _now += Patience;
        var after = NewEngine("second");

        Locate(after, "second", term: 1);

        Assert.Equal(after, _finder.Way);
    }

    [Fact]
    public void Question_that_any_process_may_answer_goes_to_the_own_node_first_and_to_the_leader_next()
    {
        var (local, leader) = (NewEngine("local"), CreateTestProbe().Ref);
        _engines["leader"] = new EngineElsewhere(leader, "akka.tcp://shop@10.0.0.1:2551/system/raft/orders/leader");
        Locate(_engines["leader"], "leader", term: 1);
        Locate(local, "local", term: 1);
        Locate(_engines["leader"], "leader", term: 1);

        Assert.Equal(local, _finder.Find(null, attempts: 0, prefersOwnNode: true));
        Assert.Equal(_engines["leader"], _finder.Find(null, attempts: 1, prefersOwnNode: true));
        Assert.Equal(_engines["leader"], _finder.Find(null, attempts: 0));
    }

    private IActorRef NewEngine(string name) => _engines[name] = CreateTestProbe().Ref;

    private void Locate(IActorRef sender, string leader, long term)
    {
        var name = new ProcessName($"{leader}@node");
        var reply = new ClientReply.Located("orders", name, new Term(term), [new LocalProcess("orders", name, leader)]);
        _finder.Receive(reply, sender, _now);
    }

    private sealed class EngineElsewhere(IActorRef engine, string path) : ActorRefBase
    {
        public override ActorPath Path { get; } = ActorPath.Parse(path);

        protected override void TellInternal(object message, IActorRef? sender) => engine.Tell(message, sender);
    }
}
