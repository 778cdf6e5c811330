using RaftActors.Persistence.State;

using Xunit.Abstractions;

namespace RaftActors.Persistence.Tests;

/// <summary>The memory of the index. The bytes of events are in a file.</summary>
[Collection(nameof(Alone))]
public sealed class MemoryTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(100, 1_000, 1, 100)]
    [InlineData(1_000, 10, 10, 100)]
    [InlineData(20_000, 1, 1, 600)]
    public void Index_of_an_event_has_few_bytes(int ids, int writes, int eventsOfWrite, int bytesMax)
    {
        using var folder = new TemporaryFolder();
        using var file = new EventFile(folder["events"]);
        var state = new JournalState(file);
        state.Apply("first", new Command.Write("w", true, 0, [new StoredEvent(1, new byte[100])]));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (var id in Enumerable.Range(0, ids))
        {
            Fill(state, $"entity-{id:D12}", $"{Guid.NewGuid()}", writes, eventsOfWrite);
        }

        var perEvent = (GC.GetTotalMemory(forceFullCollection: true) - before) / (ids * writes * eventsOfWrite);
        output.WriteLine($"{ids} ids of {writes * eventsOfWrite} events: {perEvent} bytes for each event");
        Assert.InRange(perEvent, 1, bytesMax);
        GC.KeepAlive(state);
    }

    [Fact]
    public void Index_of_a_million_events_of_one_actor_is_copied_few_times()
    {
        const int count = 1_000_000;
        var stream = EventStream.Empty;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 1; number <= count; number++)
        {
            stream = stream.Append("w", [new EventPlace(number, default)]);
        }

        var perEvent = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        output.WriteLine($"{perEvent} bytes were allocated for each event");
        Assert.InRange(perEvent, 1, 600);
    }

    [Fact]
    public void Tag_of_an_event_has_few_bytes()
    {
        const int Events = 200_000;
        TagIndex index = new();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 1; i <= Events; i++)
        {
            index.Add("tag", new TaggedEvent(i, "a", i));
        }

        var perEvent = (GC.GetTotalMemory(forceFullCollection: true) - before) / Events;
        output.WriteLine($"{perEvent} bytes for each tag of an event");
        Assert.InRange(perEvent, 1, 36);
        GC.KeepAlive(index);
    }

    private static void Fill(JournalState state, string id, string writer, int writes, int eventsOfWrite)
    {
        for (long after = 0; after < writes * eventsOfWrite; after += eventsOfWrite)
        {
            state.Apply(id, new Command.Write(writer, after == 0, after, [.. Enumerable.Range(1, eventsOfWrite).Select(each =>
                new StoredEvent(after + each, new byte[100]))]));
        }
    }
}

/// <summary>A collection that runs while no other one does, because the memory is that of the process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
