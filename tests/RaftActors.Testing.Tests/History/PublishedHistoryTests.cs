using Xunit.Abstractions;

namespace RaftActors.Testing.Tests.History;

/// <summary>
/// Histories with known verdicts. Four are our own and always present. Porcupine's are read if they are present: 102 of a register,
/// recorded by Jepsen, and 6 of a store of texts.
/// </summary>
public sealed class PublishedHistoryTests(ITestOutputHelper output)
{
    private static readonly string Own = Path.Combine(AppContext.BaseDirectory, "testdata");
    private static readonly string? Published = SharedFolder.Find("porcupine-histories");

    /// <summary>The folder, the file, and the verdict.</summary>
    public static TheoryData<string, string, bool> Histories
    {
        get
        {
            var histories = new TheoryData<string, string, bool>();
            foreach (var folder in Published is null ? [Own] : new[] { Own, Published })
            {
                foreach (var (file, isLinearizable) in Registers(folder).Concat(Stores(folder)))
                {
                    histories.Add(folder, file, isLinearizable);
                }
            }

            return histories;
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public void Verdict_is_the_published_one(string folder, string file, bool isLinearizable)
    {
        var path = Path.Combine(folder, file);
        var fault = file.StartsWith("kv", StringComparison.Ordinal)
            ? HistoryFile.ReadStore(path).FindFault(new AppendStore())
            : HistoryFile.ReadRegister(path).FindFault(new Register());

        output.WriteLine(fault ?? "Linearizable");
        Assert.Equal(isLinearizable ? null : "Not linearizable", fault?[.."Not linearizable".Length]);
    }

    [Fact]
    public void Published_histories_are_all_read_or_all_absent()
    {
        var read = Histories.Count(row => (string)row[0] != Own);

        output.WriteLine(Published is null ? "Not at hand: only our own histories are checked." : $"{read} from {Published}");
        Assert.Equal(Published is null ? 0 : 108, read);
    }

    private static IEnumerable<(string File, bool IsLinearizable)> Registers(string folder) =>
        from line in File.ReadLines(Path.Combine(folder, "jepsen-verdicts.txt"))
        let words = line.Split(' ')
        let path = Directory.GetFiles(Path.Combine(folder, "jepsen"), $"*_{words[0].PadLeft(3, '0')}.log").Single()
        select (Path.GetRelativePath(folder, path), bool.Parse(words[1]));

    private static IEnumerable<(string File, bool IsLinearizable)> Stores(string folder) =>
        from path in Directory.GetFiles(Path.Combine(folder, "kv"), "*.txt").Order(StringComparer.Ordinal)
        select (Path.GetRelativePath(folder, path), path.EndsWith("-ok.txt", StringComparison.Ordinal));
}
