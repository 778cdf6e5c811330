using RaftActors.Dashboard.Html;
using RaftActors.Dashboard.Pages;

namespace RaftActors.Dashboard.Tests;

/// <summary>A group of three voters, some of which answer.</summary>
public sealed class GroupViewTests
{
    private static readonly ProcessName[] Voters = [new("a@n1"), new("a@n2"), new("a@n3")];

    [Theory]
    [InlineData(1, "<strong class=\"problem\">Stale</strong>")]
    [InlineData(2, "<strong>may be behind</strong>")]
    public void Group_in_which_less_than_a_majority_answers_is_stale(int answering, string expected)
    {
        HtmlWriter html = new();

        Words.Age(html, View(leader: Voters[2], Voters[..answering]), Voters[0]);

        Assert.Contains(expected, html.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    public void Lines_to_members_that_the_leader_does_not_reach_are_broken_and_all_are_if_it_is_silent(int leader, int broken)
    {
        HtmlWriter html = new();

        QuorumDrawing.Add(html, View(Voters[leader], Voters[..2]));

        Assert.Equal((2, broken), (html.ToString().Split("<line").Length - 1, html.ToString().Split("edge cut").Length - 1));
    }

    // Those that answer reach each other.
    private static GroupView View(ProcessName leader, ProcessName[] answering)
    {
        var answers = answering.Select(name => new RaftStatus("g", name)
        {
            IsOpen = true,
            Leader = leader,
            Members = [.. Voters.Select(voter => new GroupMember(voter, isVoter: true))],
            Reachable = [.. answering.Where(other => other != name)],
        });
        return GroupView.Of("g", [], new Polled<GroupStatus>(new GroupStatus("g", [.. answers], [.. Voters.Except(answering)]), null));
    }
}
