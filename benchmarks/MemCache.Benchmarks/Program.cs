using MemCache.Benchmarks;

return args.FirstOrDefault() switch
{
    "copy" => CopyBenchmark.Run(args[1..]),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: MemCache.Benchmarks copy [--rounds N] [--threads N] [--blocks N]");
    return 2;
}
