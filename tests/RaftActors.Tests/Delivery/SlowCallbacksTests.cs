namespace RaftActors.Tests.Delivery;

/// <summary>Callbacks that take longer than an election timeout, on a virtual clock.</summary>
public sealed class SlowCallbacksTests() : TestKit(VirtualGroup.Config)
{
    [Theory]
    [InlineData(8000, 1)]
    [InlineData(999, 0)]
    public void Slow_callback_is_one_warning_with_its_name_serial_and_duration_whatever_the_number_of_pairs(int milliseconds, int warnings)
    {
        const string Warning = "HandleAppend took 8.0 s at serial 1, longer than an election timeout";
        var (watcher, time) = (CreateTestProbe(), TimeSpan.FromMilliseconds(milliseconds));
        var group = new ScriptedGroup<string>(Sys, CreateTestProbe(), [.. Recorder.Pairs(5)]);

        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Warning));
        Sys.ActorOf(Props.Create(() => new SlowRecorder(watcher, new RaftOptions<string>(), time)), "raft1");
        group.BuildQuorum(withActor: false);
        watcher.FishForMessage<string>(what => what == "append 5 key5=value5");

        // The warning of a pair is published before the next pair is handled.
        log.Ref.Tell("end");
        List<string> warned = [];
        while (log.ExpectMsg<object>() is Warning warning)
        {
            warned.Add($"{warning.Message}");
        }

        Assert.Equal(warnings, warned.Count(text => text.Contains(Warning)));
    }
}
