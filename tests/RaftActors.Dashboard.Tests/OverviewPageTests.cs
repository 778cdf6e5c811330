using RaftActors.Dashboard.Pages;

namespace RaftActors.Dashboard.Tests;

/// <summary>The first page, of processes that a test makes up.</summary>
public sealed class OverviewPageTests
{
    private static readonly ProcessName Name = new("a@n1");

    [Theory]
    [InlineData(null, null, "<span class=\"fine\">none</span>")]
    [InlineData("no disk", null, "<span class=\"problem\">1 process</span>")]
    [InlineData(null, "old copy", "<span class=\"problem\">1 process</span>")]
    public void Process_that_has_stopped_or_is_fenced_is_a_problem_of_its_node(string? failure, string? fence, string problems)
    {
        RaftStatus status = new("g", Name) { IsOpen = true, Failure = failure, Fence = fence, Members = [new(Name, isVoter: true)] };
        Sample sample = new(DateTimeOffset.UnixEpoch, [GroupView.Of("g", [status], polled: null)], []);

        var page = OverviewPage.Render(sample, new ViewKey("", Subject.Overview, IsOperator: false));

        Assert.Contains(problems, page.Parts.Single(part => part.Id == "nodes").Html, StringComparison.Ordinal);
    }
}
