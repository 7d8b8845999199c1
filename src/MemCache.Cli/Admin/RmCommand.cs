using System.CommandLine;
using System.Text.Json.Nodes;
using MemCache.Core;
using MemCache.LocalService;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc rm</c>: removes objects.</summary>
internal static class RmCommand
{
    private const int NotFoundExitCode = 3;
    private const string Help = """
        Removes objects. They are invisible at once; space that readers hold comes back when they are done. Exit code 3:
        at least one was not there.
        """;

    private static readonly Argument<string[]> Keys = new("key")
    {
        Description = "Keys of the objects",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> All = new("--all")
    {
        Description = "Remove all objects of the pool; needs --yes",
    };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Really all" };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("rm", Help) { Keys, All, Yes };
        command.Validators.Add(result =>
        {
            int count = result.GetValue(Keys)?.Length ?? 0;
            bool all = result.GetValue(All);
            if (all == count > 0)
            {
                result.AddError("rm: expected keys, or --all");
            }
            else if (all && !result.GetValue(Yes))
            {
                result.AddError("rm --all removes every object of the pool: say --yes too");
            }
            else if (count > Limits.BatchCountMax)
            {
                result.AddError($"rm: {count} keys, expected at most {Limits.BatchCountMax}");
            }
        });
        return StoreOptions.With(command, Run);
    }

    private static int Run(ObjectStore store, ParseResult arguments)
    {
        if (arguments.GetValue(All))
        {
            MmcStatus status = store.RemoveAll();
            return status == MmcStatus.Ok ? 0 : throw new AdminException($"rm --all: {status} ({(int)status})");
        }

        string[] names = arguments.GetValue(Keys)!;
        var keys = new KeyBatch();
        foreach (string name in names)
        {
            keys.Add(name);
        }

        var results = new MmcStatus[names.Length];
        store.RemoveBatch(keys, results);
        var json = new JsonObject();
        for (int i = 0; i < names.Length; i++)
        {
            json[names[i]] = (int)results[i];
            if (results[i] != MmcStatus.Ok)
            {
                Screen.Error.WriteLine($"mmc: {names[i]}: {results[i]} ({(int)results[i]})");
            }
        }

        if (arguments.GetValue(AdminOptions.Json))
        {
            Console.Out.WriteLine(json.ToJsonString());
        }

        return Array.TrueForAll(results, status => status == MmcStatus.Ok) ? 0
            : Array.TrueForAll(results, status => status is MmcStatus.Ok or MmcStatus.ObjectNotFound) ? NotFoundExitCode
            : 1;
    }
}
