using System.Runtime.CompilerServices;
using RaftActors.SharedData;
using Xunit.Abstractions;

namespace RaftActors.Core.Tests.Quorum;

/// <summary>Quorum arithmetic by cases: our own, and those that etcd publishes, where they are available.</summary>
public sealed class QuorumCaseTests(ITestOutputHelper output)
{
    private static readonly string? Published = SharedFolder.Find("etcd-quorum");

    /// <summary>File, number of the case in the file, command, result.</summary>
    public static TheoryData<string, int, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, string, string>();
            foreach (var file in PublishedFiles().Prepend(Own()))
            {
                foreach (var (number, one) in QuorumCase.ReadAll(file).Index())
                {
                    cases.Add(Path.GetFileName(file), number + 1, one.Command, one.Expected);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Result_is_the_published_one(string file, int number, string command, string expected)
    {
        output.WriteLine($"{file}, case {number}");
        Assert.Equal(expected, new QuorumCase(command, expected).Run());
    }

    [Fact]
    public void All_published_cases_are_read_where_they_are_available()
    {
        var read = PublishedFiles().Sum(file => QuorumCase.ReadAll(file).Count());

        output.WriteLine(Published is null ? "The cases of etcd are not here: only ours are compared." : $"{read} from {Published}");
        Assert.Equal(Published is null ? 0 : 127, read);
    }

    private static IEnumerable<string> PublishedFiles() =>
        Published is null ? [] : Directory.GetFiles(Published, "*.txt").Order(StringComparer.Ordinal);

    private static string Own([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "cases.txt");
}
