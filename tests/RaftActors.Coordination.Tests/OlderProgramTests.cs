using Akka.Actor;

using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination.Tests;

/// <summary>A group one of whose nodes has the program of 0.1.0, which knows no transactions.</summary>
public sealed class OlderProgramTests : NodesTest
{
    [Fact]
    public async Task Transaction_is_refused_until_each_node_has_a_program_with_transactions()
    {
        var ports = FreePorts.Take(3);
        Nodes.AddRange(Node.StartUnclustered(ports, ""));
        var older = Nodes[2].System;
        var settings = CoordinationSettings.Read(older.Settings.Config, Raft.Get(older).Node);
        older.ActorOf(Props.Create(() => new OlderActor(settings)));
        var items = Nodes[0].Coordination.Items;
        _ = Nodes[1].Coordination;
        await items.PutAsync("a", "1", timeout: Guard);

        var refused = await Assert.ThrowsAsync<RaftException>(() => items.CommitAsync(each => each.Delete("a"), TimeSpan.FromSeconds(1)));
        Assert.Equal((FailureKind.NotDone, FailureReason.NotYet), (refused.Failure?.Kind, refused.Failure?.Reason));
        Assert.NotNull(await items.GetAsync("a", Guard));

        await Nodes[2].CrashAsync();
        Nodes[2] = Node.StartUnclustered(ports[2], ports, "");
        _ = Nodes[2].Coordination;

        // The leader raises the version of the group meanwhile.
        await items.CommitAsync(each => each.Delete("a"), Guard);
        Assert.Null(await items.GetAsync("a", Guard));
    }

    private sealed class OlderActor(CoordinationSettings settings) : RaftActor<Command, Answer>(new RaftOptions<Command>
    {
        Group = settings.Group,
        Name = settings.Group,
        Roster = settings.Roster,
        Codec = RaftCodec.Json(CoordinationJson.Default.Command),
    })
    {
        private readonly CoordinationState _state = new();

        protected override RaftCodec<Answer> ResultCodec => RaftCodec.Json(CoordinationJson.Default.Answer);

        protected override Answer HandleAppend(Entry<Command> entry) =>
            _state.Apply(entry.Key, entry.Value, entry.Serial.Value, entry.Client, entry.Era);
    }
}
