namespace RaftActors.Tests.Actors;

/// <content> A command of a type that the program cannot read. </content>
public sealed partial class EntityShardTests
{
    [Fact]
    public void Command_that_cannot_be_read_holds_the_shard()
    {
        Raft.Get(Sys).UseJson(TornJson.Default);
        var group = new ScriptedGroup<object?>(Sys, CreateTestProbe());
        Start();
        group.BuildQuorum(withActor: false);
        group.Commit("a", 1);

        EventFilter.Error(contains: "no such command").Expect(3, () => group.Commit("x", new Torn()));

        var shard = Assert.Single(Raft.Get(Sys).Processes);
        Assert.Equal(new Serial(2), shard.HeldAt?.Serial);
        Assert.Contains("no such command", shard.HeldAt?.Error);
    }
}

[JsonConverter(typeof(TornConverter))]
internal sealed record Torn;

internal sealed class TornConverter : JsonConverter<Torn>
{
    public override Torn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("no such command");

    public override void Write(Utf8JsonWriter writer, Torn value, JsonSerializerOptions options) => writer.WriteNumberValue(1);
}

[JsonSerializable(typeof(Torn))]
internal sealed partial class TornJson : JsonSerializerContext;
