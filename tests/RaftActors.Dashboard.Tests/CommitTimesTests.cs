using System.Diagnostics.Metrics;

namespace RaftActors.Dashboard.Tests;

public sealed class CommitTimesTests
{
    [Fact]
    public void Times_are_taken_once_and_those_of_the_next_interval_alone_after_that()
    {
        using CommitTimes times = new();
        using Meter meter = new(Raft.TelemetryName);
        var commits = meter.CreateHistogram<double>("raft.commit.duration");
        ProcessName process = new("a@n1");
        void Commit(double seconds) => commits.Record(seconds, new("raft.group", "plot"), new("raft.process", process.Value));

        Array.ForEach([0.25, 0.5, 0.75], Commit);
        Assert.Equal(new CommitTime(3, 500, 750), times.Take("plot", process));
        Assert.Null(times.Take("plot", process));

        Commit(1);
        Assert.Equal(new CommitTime(1, 1000, 1000), times.Take("plot", process));
    }
}
